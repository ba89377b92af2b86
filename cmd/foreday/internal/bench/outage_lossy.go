package bench

import (
	"io"
	"math/rand/v2"
	"net"
	"sync/atomic"
	"time"
)

// lossyProxy stands between processes and Redis, and does to their connections what the
// loss of packets does, without the rights that tc needs, and without harm to anybody else on
// the machine: each packet waits for as long as TCP takes to send it again, once or more
// often, and all behind it wait with it. Real TCP is quicker where much is under way.
type lossyProxy struct {
	net.Listener
	upstream string
	percent  atomic.Int64 // that are lost
}

const (
	packet = 1448 // bytes, of Ethernet
	// The least time after which TCP sends a packet again, and the first of a
	// connection; each time, it waits twice as long (RFC 6298, as Linux has it).
	resend, resendFirst = 200 * time.Millisecond, time.Second
)

func startLossyProxy(upstream string) (*lossyProxy, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p := &lossyProxy{Listener: listener, upstream: upstream}
	go func() {
		for {
			conn, err := p.Accept()
			if err != nil {
				return // it was closed
			}
			go p.serve(conn)
		}
	}()
	return p, nil
}

func (p *lossyProxy) serve(conn net.Conn) {
	defer conn.Close()
	p.lose(resendFirst)
	there, err := net.Dial("tcp", p.upstream)
	if err != nil {
		return
	}
	defer there.Close()
	ended := make(chan struct{}, 2)
	for _, way := range [][2]net.Conn{{conn, there}, {there, conn}} {
		go func() {
			p.carry(way[1], way[0])
			ended <- struct{}{}
		}()
	}
	<-ended // of one way is the end of both
}

func (p *lossyProxy) carry(to io.Writer, from io.Reader) {
	b := make([]byte, packet)
	for {
		n, err := from.Read(b)
		if err != nil {
			return
		}
		p.lose(resend)
		if _, err := to.Write(b[:n]); err != nil {
			return
		}
	}
}

// lose waits for as long as a packet is lost.
func (p *lossyProxy) lose(wait time.Duration) {
	for ; rand.Int64N(100) < p.percent.Load(); wait *= 2 {
		time.Sleep(wait)
	}
}
